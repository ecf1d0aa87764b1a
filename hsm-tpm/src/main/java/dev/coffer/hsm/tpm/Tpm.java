package dev.coffer.hsm.tpm;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The commands of a TPM 2.0 that this HSM needs (TPM 2.0 Library, Part 3; constants and structures
 * of Part 2). Objects are made, used and flushed within one call, since a TPM has three places for
 * them; and every right comes from the machine's state by PolicyPCR, so that no password exists.
 * Thread-safe: one command at a time.
 *
 * <p><b>Not guaranteed:</b> secrecy on the wires between processor and TPM: parameters are not
 * encrypted there.
 */
final class Tpm implements AutoCloseable {
  /** Octets before the parameters: tag, size, code. */
  static final int HEADER = 10;

  private static final int NO_SESSIONS = 0x8001;
  private static final int SESSIONS = 0x8002;
  private static final int OWNER = 0x40000001;
  private static final int NULL = 0x40000007;
  private static final int ENDORSEMENT = 0x4000000b;
  private static final int PASSWORD = 0x40000009;

  private static final int ALG_AES = 0x06;
  private static final int ALG_KEYED_HASH = 0x08;
  private static final int ALG_SHA256 = 0x0b;
  private static final int ALG_NULL = 0x10;
  private static final int ALG_ECDSA = 0x18;
  private static final int ALG_ECC = 0x23;
  private static final int ALG_CFB = 0x43;
  private static final int P256 = 0x03;

  private static final int POLICY = 1;
  private static final int TRIAL = 3;
  private static final int NONCE = 16;

  /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted. */
  private static final int PRIMARY = 0x10472;

  private static final int DECRYPT = 1 << 17;
  private static final int SIGN = 1 << 18;

  /** fixedTPM, fixedParent, adminWithPolicy, noDA: opened by the policy alone. */
  private static final int SEALED = 0x492;

  /** POLICYWRITE, OWNERREAD, AUTHREAD, NO_DA: written by the policy alone, read by everybody. */
  private static final int INDEX = 0x2060008;

  private static final int COUNTER = 0x10;

  private final TpmLink link;
  private final byte[] selection;

  /** A quote: what the TPM says of its state, and who says it. */
  record Quote(Bytes publicArea, Bytes attested, Bytes r, Bytes s) {}

  /**
   * A TPM behind {@code link}, whose rights follow from these PCRs of the SHA-256 bank, 0 to 23.
   */
  Tpm(TpmLink link, List<Integer> pcrs) {
    this.link = link;
    byte[] bits = new byte[3];
    pcrs.forEach(pcr -> bits[pcr / 8] |= (byte) (1 << pcr % 8));
    this.selection = new TpmBuffer().u32(1).u16(ALG_SHA256).u8(3).raw(bits).toByteArray();
  }

  /** What follows the header of the response. The body and the command are erased. */
  private synchronized TpmBuffer.Reader run(String name, int code, boolean sessions, TpmBuffer body)
      throws IOException {
    byte[] octets = body.take();
    byte[] command =
        ByteBuffer.allocate(HEADER + octets.length)
            .putShort((short) (sessions ? SESSIONS : NO_SESSIONS))
            .putInt(HEADER + octets.length)
            .putInt(code)
            .put(octets)
            .array();
    byte[] response;
    try {
      response = link.exchange(command);
    } finally {
      Arrays.fill(octets, (byte) 0);
      Arrays.fill(command, (byte) 0);
    }
    TpmBuffer.Reader in = new TpmBuffer.Reader(response);
    in.u16();
    in.u32();
    int result = in.u32();
    if (result != 0) {
      throw TpmFailure.of(name, result);
    }
    return in;
  }

  /** The authorisation area with one session: a password that is empty, or a policy. */
  private static TpmBuffer authorised(TpmBuffer handles, int session) {
    TpmBuffer area = new TpmBuffer().u32(session).sized().u8(0).sized();
    return handles.u32(area.toByteArray().length).raw(area.toByteArray());
  }

  /**
   * Flushes what a process that was killed left behind: without a resource manager in between, the
   * TPM keeps that until it is switched off, and has three places. With one, all that is left is
   * other programs'.
   */
  void sweep() throws IOException {
    if (link.managed()) {
      return;
    }
    for (int kind : List.of(0x80000000, 0x02000000, 0x03000000)) {
      TpmBuffer body = new TpmBuffer().u32(1).u32(kind).u32(16);
      TpmBuffer.Reader in = run("TPM2_GetCapability", 0x17a, false, body);
      in.u8();
      in.u32();
      int count = in.u32();
      for (int i = 0; i < count; i++) {
        flush(in.u32());
      }
    }
  }

  private int primary(int hierarchy, int use, TpmBuffer parameters) throws IOException {
    TpmBuffer template =
        new TpmBuffer()
            .u16(ALG_ECC)
            .u16(ALG_SHA256)
            .u32(PRIMARY | use)
            .sized()
            .raw(parameters.toByteArray())
            .sized()
            .sized();
    TpmBuffer body =
        authorised(new TpmBuffer().u32(hierarchy), PASSWORD)
            .sized(new TpmBuffer().sized().sized())
            .sized(template)
            .sized()
            .u32(0);
    return run("TPM2_CreatePrimary", 0x131, true, body).u32();
  }

  /** The storage root: the same each time, until the TPM is cleared. */
  private int storageRoot() throws IOException {
    TpmBuffer parameters = new TpmBuffer().u16(ALG_AES).u16(128).u16(ALG_CFB);
    return primary(OWNER, DECRYPT, parameters.u16(ALG_NULL).u16(P256).u16(ALG_NULL));
  }

  private void flush(int handle) throws IOException {
    run("TPM2_FlushContext", 0x165, false, new TpmBuffer().u32(handle));
  }

  /** Work with an object that is loaded. */
  private interface Work<T> {
    T with(int handle) throws IOException;
  }

  private <T> T flushing(int handle, Work<T> work) throws IOException {
    try {
      return work.with(handle);
    } finally {
      flush(handle);
    }
  }

  /** A session in which the machine's state was looked at. One use ends it. */
  private int session(int type) throws IOException {
    TpmBuffer body =
        new TpmBuffer()
            .u32(NULL)
            .u32(NULL)
            .sized(new byte[NONCE])
            .sized()
            .u8(type)
            .u16(ALG_NULL)
            .u16(ALG_SHA256);
    int session = run("TPM2_StartAuthSession", 0x176, false, body).u32();
    try {
      // An empty digest: the state as it is now. The policy that is compared holds the wanted one.
      run("TPM2_PolicyPCR", 0x17f, false, new TpmBuffer().u32(session).sized().raw(selection));
    } catch (IOException e) {
      flush(session);
      throw e;
    }
    return session;
  }

  /** The policy that this machine fulfils in its present state. */
  private byte[] policy() throws IOException {
    return flushing(
        session(TRIAL),
        session -> run("TPM2_PolicyGetDigest", 0x189, false, new TpmBuffer().u32(session)).sized());
  }

  /** Runs a command that the policy permits; a refused one leaves its session behind. */
  private TpmBuffer.Reader permitted(String name, int code, TpmBuffer handles, TpmBuffer parameters)
      throws IOException {
    int session = session(POLICY);
    try {
      byte[] rest = parameters.toByteArray();
      return run(name, code, true, authorised(handles, session).raw(rest));
    } catch (TpmFailure e) {
      flush(session);
      throw e;
    }
  }

  /** Seals {@code secret}, at most 128 octets, to this TPM in its present state. */
  Bytes seal(SecretBytes secret) throws IOException {
    TpmBuffer template =
        new TpmBuffer()
            .u16(ALG_KEYED_HASH)
            .u16(ALG_SHA256)
            .u32(SEALED)
            .sized(policy())
            .u16(ALG_NULL)
            .sized();
    byte[] octets = secret.copy();
    return flushing(
        storageRoot(),
        root -> {
          TpmBuffer body =
              authorised(new TpmBuffer().u32(root), PASSWORD)
                  .sized(new TpmBuffer().sized().sized(octets))
                  .sized(template)
                  .sized()
                  .u32(0);
          Arrays.fill(octets, (byte) 0);
          TpmBuffer.Reader out = run("TPM2_Create", 0x153, true, body);
          out.u32();
          byte[] wrapped = out.sized();
          byte[] area = out.sized();
          return Bytes.wrap(new TpmBuffer().sized(wrapped).sized(area).toByteArray());
        });
  }

  /** The attributes in the public area of what {@link #seal} made, each with 1 or 0. */
  static String attributes(Bytes sealed) throws IOException {
    TpmBuffer.Reader in = new TpmBuffer.Reader(sealed.toByteArray());
    in.sized();
    TpmBuffer.Reader area = new TpmBuffer.Reader(in.sized());
    area.u16();
    area.u16();
    int flags = area.u32();
    return "fixedTPM=%d fixedParent=%d userWithAuth=%d"
        .formatted(flags >> 1 & 1, flags >> 4 & 1, flags >> 6 & 1);
  }

  /** Opens what {@link #seal} sealed, if the machine's state is as it was. */
  SecretBytes unseal(Bytes sealed) throws IOException {
    int object =
        flushing(
            storageRoot(),
            root -> {
              TpmBuffer body = authorised(new TpmBuffer().u32(root), PASSWORD);
              return run("TPM2_Load", 0x157, true, body.raw(sealed.toByteArray())).u32();
            });
    return flushing(
        object,
        handle -> {
          TpmBuffer.Reader out =
              permitted("TPM2_Unseal", 0x15e, new TpmBuffer().u32(handle), new TpmBuffer());
          out.u32();
          SecretBytes secret = SecretBytes.wrap(out.sized());
          out.erase();
          return secret;
        });
  }

  /** Whether the index is there. */
  boolean defined(int index) throws IOException {
    try {
      run("TPM2_NV_ReadPublic", 0x169, false, new TpmBuffer().u32(index));
      return true;
    } catch (TpmFailure e) {
      if (e.kind() == TpmFailure.Kind.NOT_THERE) {
        return false;
      }
      throw e;
    }
  }

  /** Makes a counter that only this machine in its present state moves. */
  void defineCounter(int index) throws IOException {
    define(index, INDEX | COUNTER, 8);
  }

  /** Makes an index that only this machine in its present state writes. */
  void defineData(int index, int size) throws IOException {
    define(index, INDEX, size);
  }

  private void define(int index, int attributes, int size) throws IOException {
    TpmBuffer area =
        new TpmBuffer().u32(index).u16(ALG_SHA256).u32(attributes).sized(policy()).u16(size);
    TpmBuffer body = authorised(new TpmBuffer().u32(OWNER), PASSWORD).sized().sized(area);
    run("TPM2_NV_DefineSpace", 0x12a, true, body);
  }

  /** Moves a counter by one; the first time, to more than any counter of this TPM ever was. */
  void increment(int index) throws IOException {
    permitted("TPM2_NV_Increment", 0x134, both(index), new TpmBuffer());
  }

  /** Replaces all of an index. */
  void write(int index, Bytes content) throws IOException {
    permitted("TPM2_NV_Write", 0x137, both(index), new TpmBuffer().sized(content).u16(0));
  }

  /** What stands in an index. */
  Bytes read(int index, int size) throws IOException {
    TpmBuffer body = authorised(both(index), PASSWORD).u16(size).u16(0);
    TpmBuffer.Reader out = run("TPM2_NV_Read", 0x14e, true, body);
    out.u32();
    return Bytes.wrap(out.sized());
  }

  /** An index gives the right to itself. */
  private static TpmBuffer both(int index) {
    return new TpmBuffer().u32(index).u32(index);
  }

  /** Has the TPM sign its state together with {@code challenge}, at most 32 octets. */
  Quote quote(Bytes challenge) throws IOException {
    Invariant.check(challenge.size() <= 32, "a challenge is a digest");
    TpmBuffer parameters =
        new TpmBuffer().u16(ALG_NULL).u16(ALG_ECDSA).u16(ALG_SHA256).u16(P256).u16(ALG_NULL);
    return flushing(
        primary(ENDORSEMENT, SIGN, parameters),
        key -> {
          TpmBuffer.Reader area = run("TPM2_ReadPublic", 0x173, false, new TpmBuffer().u32(key));
          Bytes publicArea = Bytes.wrap(area.sized());
          TpmBuffer body =
              authorised(new TpmBuffer().u32(key), PASSWORD)
                  .sized(challenge)
                  .u16(ALG_NULL)
                  .raw(selection);
          TpmBuffer.Reader out = run("TPM2_Quote", 0x158, true, body);
          out.u32();
          Bytes attested = Bytes.wrap(out.sized());
          out.u32();
          return new Quote(publicArea, attested, Bytes.wrap(out.sized()), Bytes.wrap(out.sized()));
        });
  }

  /** The manufacturer's and the vendor's words, without blanks and zeros. */
  String maker() throws IOException {
    TpmBuffer body = new TpmBuffer().u32(6).u32(0x105).u32(5);
    TpmBuffer.Reader in = run("TPM2_GetCapability", 0x17a, false, body);
    in.u8();
    in.u32();
    StringBuilder words = new StringBuilder();
    int count = in.u32();
    for (int i = 0; i < Math.min(count, 5); i++) {
      in.u32();
      for (byte letter : in.raw(4)) {
        boolean plain = letter > ' ' && letter < 0x7f;
        words.append(plain ? String.valueOf((char) letter) : letter == ' ' ? " " : "");
      }
      words.append(i == 0 ? " " : "");
    }
    return words.toString().strip().replaceAll(" +", " ");
  }

  @Override
  public void close() throws IOException {
    link.close();
  }
}
