package dev.coffer.notary.operator;

/** What a notary answers to a proposal or an approval. */
public sealed interface NotaryAnswer {
  /** It took that in; what it says of the proposal now, not believed. */
  record Taken(String text) implements NotaryAnswer {}

  /** It refuses, and will again unless something changes; printable, at most a line. */
  record Objection(String why) implements NotaryAnswer {}
}
