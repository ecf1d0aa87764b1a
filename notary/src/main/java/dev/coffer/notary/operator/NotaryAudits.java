package dev.coffer.notary.operator;

import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.operator.LogAudit.Check;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.plexi.AuditMessage;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The notary's audits, as Plexi's clients read them, as a second source. Nothing of an answer
 * counts but what the audit key signed: whoever sits between, or answers in the notary's place, can
 * say nothing in its name.
 */
public final class NotaryAudits implements LogAudit.SecondSource {
  private static final int ANSWER_MAX = 64 << 10;
  private static final int DIGEST = 32;
  private static final int SIGNATURE = 64;
  private static final int NOT_FOUND = 404;

  private final Fetch fetch;
  private final URI address;
  private final KeyName namespace;
  private final Optional<VerifierKey> key;

  /**
   * @param address of the notary
   * @param key whose signature an audit needs; without it nothing passes
   */
  public NotaryAudits(Fetch fetch, URI address, KeyName namespace, Optional<VerifierKey> key) {
    this.fetch = fetch;
    this.address = address;
    this.namespace = namespace;
    this.key = key;
  }

  @Override
  public Optional<Check> check(long epoch, Bytes digest, boolean today)
      throws IOException, InterruptedException {
    if (key.isEmpty()) {
      return Optional.of(Check.skipped("nobody said which key audits are signed with"));
    }
    URI audit = URI.create(address + "/namespaces/" + namespace + "/audits/" + epoch);
    Fetch.Reply reply = fetch.get(audit, ANSWER_MAX);
    if (reply.status() == NOT_FOUND) {
      return Optional.empty();
    }
    if (reply.status() != 200) {
      return Optional.of(Check.failed("the notary answers with " + reply.status()));
    }
    try {
      String json = Utf8.decode(reply.body(), "audit");
      return Optional.of(check(json, epoch, digest, key.get().publicKey()));
    } catch (Refused e) {
      return Optional.of(Check.failed("the notary's answer is no audit"));
    }
  }

  /**
   * Fields are picked out of the JSON wherever they stand: the message that they make is encoded
   * anew, and its signature decides.
   */
  private Check check(String json, long epoch, Bytes digest, Bytes publicKey) throws Refused {
    AuditMessage message =
        new AuditMessage(
            field(json, "namespace", "\"([^\"\\\\]{1,255})\""),
            Decimal.parse(field(json, "timestamp", "(\\d{1,19})"), "timestamp"),
            Decimal.parse(field(json, "epoch", "(\\d{1,19})"), 1, Long.MAX_VALUE, "epoch"),
            LowerHex.parse(field(json, "digest", "\"([0-9a-f]{64})\""), DIGEST, "digest"));
    Bytes signature =
        LowerHex.parse(field(json, "signature", "\"([0-9a-f]{128})\""), SIGNATURE, "signature");
    if (!message.verify(publicKey, signature)) {
      return Check.failed("the audit is not signed by the audit key");
    }
    if (!message.namespace().equals(namespace.value())) {
      return Check.failed("the audit is of another namespace");
    }
    if (message.epoch() != epoch) {
      return Check.failed("the audit is of another epoch");
    }
    return message.digest().equals(digest)
        ? Check.PASSED
        : Check.failed("the notary audited another leaf");
  }

  private static String field(String json, String name, String value) throws Refused {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*" + value).matcher(json);
    if (!found.find()) {
      throw new Refused(RefusalCode.MALFORMED, "audit");
    }
    return found.group(1);
  }
}
