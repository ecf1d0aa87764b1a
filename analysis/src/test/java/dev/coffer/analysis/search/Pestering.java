package dev.coffer.analysis.search;

import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The calls that no HSM may go along with, whatever state it is in. */
final class Pestering {
  private final FoundedWorld world;
  private final Setting setting;
  private final int index;
  private final LocalState state;
  private final Bench bench;

  Pestering(FoundedWorld world, Setting setting, int index, LocalState state, Bench bench) {
    this.world = world;
    this.setting = setting;
    this.index = index;
    this.state = state;
    this.bench = bench;
  }

  void all() {
    oldRecords();
    otherEntries();
    forgedCertificates();
    if (!state.maySign) {
      silence();
    }
  }

  private void refused(String promise, String what, Bench.Hostile call) {
    BrokenPromise.unless(!bench.goesAlong(state, call), promise, what + " at " + state.place);
  }

  /** The next entry on the records of an earlier place, with their own proof or the right one. */
  private void oldRecords() {
    if (state.place.k() == state.highestCertified + Bench.WINDOW || setting.guesses() == 0) {
      return;
    }
    Bytes entry = world.entry(1);
    List<TreeKey> keys = Bench.touched(entry);
    RecordBook now = state.place.book();
    for (RecordBook old : Bench.olderBooks(state.place)) {
      if (old.root().equals(now.root())) {
        continue;
      }
      long k = state.place.k() + 1;
      refused(
          "INV-7",
          "an old record with its old proof was accepted",
          core -> core.capture(0, k, entry, old.records(keys), old.proof(keys)));
      refused(
          "INV-7",
          "an old record with the newest proof was accepted",
          core -> core.capture(0, k, entry, old.records(keys), now.proof(keys)));
    }
    refused(
        "INV-7",
        "a record was withheld",
        core ->
            core.capture(
                0, state.place.k() + 1, entry, List.of(Optional.empty()), now.proof(keys)));
  }

  /** Another entry at a k that was captured already, and one that leaves a gap. */
  private void otherEntries() {
    Place here = state.place;
    while (here.parent().isPresent()) {
      Place before = here.parent().get();
      for (int entry = 0; entry <= setting.guesses(); entry++) {
        if (entry != here.entry()) {
          Bytes octets = world.entry(entry);
          List<TreeKey> keys = Bench.touched(octets);
          refused(
              "INV-7",
              "two entries captured at one k",
              core ->
                  core.capture(
                      0,
                      before.k() + 1,
                      octets,
                      before.book().records(keys),
                      before.book().proof(keys)));
        }
      }
      here = before;
    }
    Bytes tick = world.entry(0);
    RecordBook book = state.place.book();
    refused(
        "INV-7",
        "an entry was left out",
        core -> core.capture(0, state.place.k() + 2, tick, List.of(), book.proof(List.of())));
  }

  /** Fewer statements than q, however they are dressed up. */
  private void forgedCertificates() {
    Place here = state.place;
    List<Statement> all = new ArrayList<>();
    for (int i = 1; i <= setting.n(); i++) {
      all.add(world.forge(i, here.values()));
    }
    Certificate few = Certificate.of(all.subList(0, setting.q() - 1));
    refuseCertificate("fewer than q statements", few);
    List<Certificate.Signed> twice = new ArrayList<>(few.signatures());
    twice.add(few.signatures().getLast());
    refuseCertificate("one statement counted twice", new Certificate(here.values(), twice));
    List<Certificate.Signed> renamed = new ArrayList<>(few.signatures());
    renamed.add(new Certificate.Signed(setting.q(), few.signatures().getLast().signature()));
    refuseCertificate("a statement under another name", new Certificate(here.values(), renamed));
    here.parent()
        .ifPresent(before -> {
          List<Statement> others = new ArrayList<>();
          for (int i = 1; i <= setting.q(); i++) {
            others.add(world.forge(i, before.values()));
          }
          refuseCertificate(
              "statements over other values",
              new Certificate(here.values(), Certificate.of(others).signatures()));
        });
    refuseCertificate(
        "no statement at all", new Certificate(here.values(), Collections.emptyList()));
  }

  private void refuseCertificate(String what, Certificate forged) {
    refused("INV-5", "released on " + what, core -> core.release(forged, List.of(0)));
    refused("INV-5", "adopted on " + what, core -> core.adopt(forged, List.of()));
    ChainValues now = forged.values();
    Bytes hash = ChainValues.entryHash(world.entry(0));
    ChainValues next =
        new ChainValues(
            now.fleetId(),
            now.partition(),
            now.k() + 1,
            now.nextHead(hash),
            now.root(),
            Bytes.zeros(32));
    refused(
        "INV-5",
        "adopted ahead on " + what,
        core -> core.adopt(new Certificate(next, forged.signatures()), List.of(hash)));
  }

  /** Silence means silence, and lies that were told move nothing. */
  private void silence() {
    refused("INV-7", "stated again while silent", core -> core.restate(0, state.place.k()));
    if (state.nonce.isEmpty()) {
      return;
    }
    Bytes nonce = state.nonce.get();
    int other = index == 1 ? 2 : 1;
    ChainValues now = state.place.values();
    ChainValues far =
        new ChainValues(
            now.fleetId(), now.partition(), now.k() + 50, now.head(), now.root(), now.root());
    Certificate bad = Certificate.of(List.of(world.forge(other, far)));
    SignedStatus lie = world.forge(other, nonce, far, Optional.of(bad));
    SignedStatus uncertified = world.forge(other, nonce, far, Optional.empty());
    SignedStatus own = world.forge(index, nonce, now, Optional.empty());
    SignedStatus old = world.forge(other, Bytes.zeros(32), now, Optional.empty());
    for (SignedStatus unsound : List.of(lie, uncertified, own, old)) {
      LocalState after = bench.after(state, core -> core.hear(0, List.of(unsound)));
      BrokenPromise.unless(
          after.highestCertified == state.highestCertified,
          "INV-5",
          "highestCertified moved on a status");
      BrokenPromise.unless(after == state, "INV-7", "an unsound status was taken in");
    }
  }
}
