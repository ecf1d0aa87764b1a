package dev.coffer.analysis.world;

import dev.coffer.protocol.codec.Bytes;
import java.util.Optional;

/** What the user of an account knows, whichever device is at hand. */
final class Person {
  private final String account;
  private String code = "";
  private Bytes secret = Bytes.EMPTY;
  private int numbers;

  Person(String account) {
    this.account = account;
  }

  /** One who knows the code already, and nothing else. */
  static Person knowing(String account, String code) {
    Person person = new Person(account);
    person.code = code;
    return person;
  }

  String account() {
    return account;
  }

  /** The code that is right as far as the user knows; empty before the first. */
  Optional<String> code() {
    return code.isEmpty() ? Optional.empty() : Optional.of(code);
  }

  /** K, 32 octets, where the user has it at hand. */
  Optional<Bytes> secret() {
    return secret.size() == 0 ? Optional.empty() : Optional.of(secret);
  }

  /** A number that was not used before. */
  int number() {
    return ++numbers;
  }

  /** The vault told that this is what it holds. */
  void learns(String newest, Bytes newestSecret) {
    code = newest;
    secret = newestSecret;
  }

  /** The vault told that it holds nothing any more. */
  void loses() {
    code = "";
    secret = Bytes.EMPTY;
  }
}
