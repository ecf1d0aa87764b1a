package dev.coffer.notary.bundle;

import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.disk.Journal;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything the notary ever signed, hash-chained, never shortened. A record is durable before its
 * signature is made. Not thread-safe.
 *
 * <p><b>Guaranteed:</b> of one epoch it holds one statement and one audit, whoever adds: that no
 * two are signed is decided here (INV-9).
 */
final class SigningJournal {
  private static final String PATH = "signed";

  private final Journal journal;
  private final Map<Long, SignedRecord.Statement> statements = new HashMap<>();
  private final Map<Bytes, SignedRecord.Statement> byHash = new HashMap<>();
  private final Map<Long, SignedRecord.Audit> audits = new HashMap<>();

  private SigningJournal(Journal journal) {
    this.journal = journal;
  }

  static SigningJournal open(Disk disk) throws IOException {
    SigningJournal opened = new SigningJournal(Journal.open(disk, PATH));
    for (Bytes record : opened.journal.found()) {
      SignedRecord read = SignedRecord.decode(record);
      try {
        opened.check(read);
        opened.remember(read);
      } catch (Refused e) {
        throw new IOException("The notary's journal does not hold together: " + e.what(), e);
      }
    }
    opened.journal.forgetFound();
    return opened;
  }

  private void remember(SignedRecord record) throws Refused {
    switch (record) {
      case SignedRecord.Statement statement -> {
        statements.put(Bundle.parse(statement.text()).epoch(), statement);
        byHash.put(Hashes.sha256(Utf8.encode(statement.text())), statement);
      }
      case SignedRecord.Audit audit -> audits.put(audit.epoch(), audit);
    }
  }

  /**
   * Of what is signed there is no way back.
   *
   * @throws Refused if another statement of the bundle's epoch was signed
   */
  void check(Bundle bundle) throws Refused {
    Optional<SignedRecord.Statement> signed = statement(bundle.epoch());
    if (signed.isPresent() && !signed.get().text().equals(bundle.text())) {
      throw refused(
          "proposal: another statement of this epoch was signed: publish that one, then the next"
              + " epoch");
    }
  }

  private void check(SignedRecord record) throws Refused {
    switch (record) {
      case SignedRecord.Statement statement -> check(Bundle.parse(statement.text()));
      case SignedRecord.Audit audit -> {
        Optional<SignedRecord.Audit> before = audit(audit.epoch());
        if (before.isPresent() && !before.get().digest().equals(audit.digest())) {
          throw refused("audit: another leaf of this epoch was audited");
        }
      }
    }
  }

  private static Refused refused(String what) {
    return new Refused(RefusalCode.OUT_OF_SEQUENCE, what);
  }

  /**
   * Writes a record, and returns once its signature may be made.
   *
   * @throws Refused if it is of an epoch that has another; nothing was written
   * @throws IOException if it may not be durable: this journal is of no more use, open it again
   */
  void add(SignedRecord record) throws IOException, Refused {
    check(record);
    // A crash here has signed nothing. A crash after it has signed what the journal says, at most.
    journal.append(record.encode());
    remember(record);
  }

  /** The one statement that was signed for an epoch. */
  Optional<SignedRecord.Statement> statement(long epoch) {
    return Optional.ofNullable(statements.get(epoch));
  }

  /** The statement of that hash, if it was signed. */
  Optional<SignedRecord.Statement> statement(Bytes hash) {
    return Optional.ofNullable(byHash.get(hash));
  }

  Optional<SignedRecord.Audit> audit(long epoch) {
    return Optional.ofNullable(audits.get(epoch));
  }
}
