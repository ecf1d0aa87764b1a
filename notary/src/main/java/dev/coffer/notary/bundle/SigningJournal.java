package dev.coffer.notary.bundle;

import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.disk.Journal;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything the notary ever signed, hash-chained, never shortened. A record is durable before its
 * signature is made. Not thread-safe.
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
      opened.remember(SignedRecord.decode(record));
    }
    opened.journal.forgetFound();
    return opened;
  }

  private void remember(SignedRecord record) throws IOException {
    switch (record) {
      case SignedRecord.Statement statement -> {
        statements.put(epoch(statement), statement);
        byHash.put(Hashes.sha256(Utf8.encode(statement.text())), statement);
      }
      case SignedRecord.Audit audit -> audits.put(audit.epoch(), audit);
    }
  }

  private static long epoch(SignedRecord.Statement statement) throws IOException {
    try {
      return Bundle.parse(statement.text()).epoch();
    } catch (Refused e) {
      throw new IOException("The notary's journal holds a statement that is none.", e);
    }
  }

  /**
   * Writes a record, and returns once its signature may be made.
   *
   * @throws IOException if it may not be durable: this journal is of no more use, open it again
   */
  void add(SignedRecord record) throws IOException {
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
