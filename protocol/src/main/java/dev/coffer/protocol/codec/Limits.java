package dev.coffer.protocol.codec;

/** Every limit of the protocol, in octets unless the name says otherwise. */
public final class Limits {
  /** Hashes, keys, identifiers, tags. */
  public static final int DIGEST = 32;

  /** An Ed25519 signature. */
  public static final int SIGNATURE = 64;

  /** HSMs in a fleet. */
  public static final int HSMS_MAX = 7;

  /** Partitions of a fleet. */
  public static final int PARTITIONS_MAX = 1024;

  /** Tenants (login issuers) of a fleet. */
  public static final int TENANTS_MAX = 64;

  /**
   * Guesses per registration that a fleet may allow. A record keeps a tag for each beside
   * everything else: the trusted core's tests fail if the largest account no longer fits {@link
   * #RECORD}.
   */
  public static final int GUESSES_MAX = 10;

  /** UTF-8 octets of a tenant's name. */
  public static final int TENANT_MAX = 32;

  /** UTF-8 octets of an account's name. */
  public static final int ACCOUNT_MAX = 64;

  /** ASCII octets of a slot's name. */
  public static final int SLOT_MAX = 9;

  /** A wrapped K. */
  public static final int WRAPPED_KEY_MAX = 128;

  /** A login token (JWT). */
  public static final int TOKEN_MAX = 1024;

  /** Padded plaintext of every request but RegisterFinish and Delete. */
  public static final int REQUEST_SMALL = 640;

  /** Padded plaintext of RegisterFinish and Delete. */
  public static final int REQUEST_LARGE = 2048;

  /** Padded plaintext of a reply. */
  public static final int REPLY = 640;

  /** Payload inside a reply. */
  public static final int PAYLOAD_MAX = 384;

  /** A body sent to a node. */
  public static final int BODY_MAX = 8192;

  /** A sealed operation. */
  public static final int OPERATION_MAX = 2560;

  /** Operations in an entry. */
  public static final int OPERATIONS_MAX = 256;

  /** An entry: its count, then a record name, an admitting index and an operation for each. */
  public static final int ENTRY_MAX = 2 + OPERATIONS_MAX * (DIGEST + 1 + 2 + OPERATION_MAX);

  /** A sealed record: always exactly this size. */
  public static final int RECORD = 1024;

  /** Entries an HSM keeps in its ring: W. */
  public static final int RING = 8;

  /** History items in a record. */
  public static final int HISTORY = 8;

  /** Depth of the record tree in levels. */
  public static final int TREE_DEPTH = 256;

  /** An encoded multiproof. */
  public static final int MULTIPROOF_MAX = 4 << 20;

  /** Entry hashes in one adopt call; a longer absence takes several calls. */
  public static final int ADOPT_HASHES_MAX = 65_536;

  /** A frame between node and HSM. */
  public static final int FRAME_MAX = 8 << 20;

  /** Commitments or reveals of one HSM at a founding. */
  public static final int FOUNDING_MESSAGE_MAX = 4096;

  /** An HSM's model name. */
  public static final int MODEL_MAX = 64;

  /** An attestation. */
  public static final int ATTESTATION_MAX = 2048;

  private Limits() {}
}
