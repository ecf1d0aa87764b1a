package dev.coffer.client.operation;

import dev.coffer.client.Cause;
import dev.coffer.client.Recovery;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.verify.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One guess, put to every fleet of a vault, active ones first. Whoever has the user's login can
 * register where nothing is alive, which is every new fleet; so no fleet's verdict stands for
 * another's, and a success anywhere wins.
 *
 * <p>What is sent to a fleet depends on what is registered with that fleet alone, never on how the
 * guess ended with another: hosts of several fleets learn no more than those of one (INV-10). The
 * price is a guess at each of them for a code that is wrong everywhere. Not thread-safe.
 */
public final class MultiFleetRecovery implements AutoCloseable {
  /**
   * @param recoverer empty if the fleet could not be asked
   */
  private record Answer(FleetId fleet, Optional<Recoverer> recoverer, Recovery recovery) {}

  private final List<Answer> answers = new ArrayList<>();

  private MultiFleetRecovery() {}

  /** Asks all. */
  public static MultiFleetRecovery everywhere(FleetSelection selection, RecoveryCode code) {
    MultiFleetRecovery recoveries = new MultiFleetRecovery();
    boolean complete = false;
    try {
      for (FleetId fleet : selection.all()) {
        recoveries.answers.add(ask(selection, fleet, code));
      }
      complete = true;
      return recoveries;
    } finally {
      if (!complete) {
        recoveries.destroy();
      }
    }
  }

  private static Answer ask(FleetSelection selection, FleetId fleet, RecoveryCode code) {
    Optional<Recoverer> asked = Optional.empty();
    try {
      Recoverer recoverer = new Recoverer(selection.to(fleet, Purpose.RECOVER), code);
      asked = Optional.of(recoverer);
      return new Answer(fleet, asked, recoverer.run());
    } catch (OperationAborted aborted) {
      return new Answer(fleet, asked, ended(aborted));
    } finally {
      asked.ifPresent(Recoverer::close);
    }
  }

  /** What a recovery that was halted amounts to. */
  public static Recovery ended(OperationAborted aborted) {
    return aborted.distrust().isPresent()
        ? new Recovery.Untrusted(aborted.distrust().get())
        : new Recovery.TryAgain(aborted.after(), aborted.cause());
  }

  /**
   * Every attempt that has its certified end is over; that of the fleet whose K is told comes last,
   * for it is the registration to remember.
   */
  public void settle() throws OperationAborted {
    Optional<Answer> first = first();
    try {
      for (Answer answer : answers) {
        if (!first.equals(Optional.of(answer)) && answer.recoverer().isPresent()) {
          answer.recoverer().get().settle();
        }
      }
      if (first.isPresent()) {
        first.get().recoverer().orElseThrow().settle();
      }
    } catch (OperationAborted aborted) {
      destroy();
      throw aborted;
    }
  }

  private Optional<Answer> first() {
    return answers.stream().filter(a -> a.recovery() instanceof Recovery.Recovered).findFirst();
  }

  /** What was recovered, from the first fleet that had it. */
  public Optional<Recovery.Recovered> recovered() {
    return first().map(answer -> (Recovery.Recovered) answer.recovery());
  }

  /** The fleet that had it. */
  public FleetId winner() {
    return first().orElseThrow().fleet();
  }

  /** Whether the fleet has certified that no registration is alive with it. */
  public boolean free(FleetId fleet) {
    Recovery recovery = at(fleet);
    return recovery instanceof Recovery.NotRegistered || recovery instanceof Recovery.Exhausted;
  }

  /** Whether the fleet has certified a registration that this code does not open. */
  public boolean opensOtherwise(FleetId fleet) {
    return at(fleet) instanceof Recovery.WrongCode;
  }

  private Recovery at(FleetId fleet) {
    return answers.stream()
        .filter(answer -> answer.fleet().equals(fleet))
        .findFirst()
        .orElseThrow()
        .recovery();
  }

  /**
   * What is told where nothing was recovered; empty if nothing is registered anywhere. A verdict on
   * the code comes first, and is never one to be repeated without the user: what a fleet that did
   * not answer might say is no reason to spend guesses with another, or to tell hosts that the code
   * was not right. The end of an account comes last: it is told once no fleet is left that might
   * still have it.
   */
  public Optional<Recovery> verdict() {
    Optional<Recovery> wrong = wrong();
    return wrong
        .or(() -> any(recovery -> recovery instanceof Recovery.Unconfirmed))
        .or(() -> any(MultiFleetRecovery::contention))
        .or(() -> any(MultiFleetRecovery::silent))
        .or(() -> any(recovery -> recovery instanceof Recovery.Exhausted));
  }

  private Optional<Recovery> any(Predicate<Recovery> kind) {
    return answers.stream().map(Answer::recovery).filter(kind).findFirst();
  }

  /** The one with the fewest guesses left, and every warning. */
  private Optional<Recovery> wrong() {
    List<Recovery.WrongCode> all = new ArrayList<>();
    boolean unsettled = false;
    for (Answer answer : answers) {
      if (answer.recovery() instanceof Recovery.WrongCode one) {
        all.add(one);
      }
      unsettled |= answer.recovery() instanceof Recovery.Unconfirmed || silent(answer.recovery());
    }
    if (all.isEmpty()) {
      return Optional.empty();
    }
    Recovery.WrongCode worst = all.get(0);
    boolean replaced = false;
    for (Recovery.WrongCode one : all) {
      worst = one.guessesLeft() < worst.guessesLeft() ? one : worst;
      replaced |= one.replacedWithoutProof();
    }
    return Optional.of(
        new Recovery.WrongCode(worst.guessesLeft(), worst.generation(), replaced, unsettled));
  }

  private static boolean contention(Recovery recovery) {
    return recovery instanceof Recovery.TryAgain again && again.cause() == Cause.CONTENTION;
  }

  /** No verdict, for reasons that have nothing to do with the code. */
  private static boolean silent(Recovery recovery) {
    return recovery instanceof Recovery.TryAgain || recovery instanceof Recovery.Untrusted;
  }

  private void destroy() {
    for (Answer answer : answers) {
      if (answer.recovery() instanceof Recovery.Recovered recovered) {
        recovered.secret().destroy();
      }
    }
  }

  /** Erases every K but the one that is told. */
  @Override
  public void close() {
    Optional<Answer> told = first();
    for (Answer answer : answers) {
      boolean another = !told.equals(Optional.of(answer));
      if (another && answer.recovery() instanceof Recovery.Recovered recovered) {
        recovered.secret().destroy();
      }
    }
  }
}
