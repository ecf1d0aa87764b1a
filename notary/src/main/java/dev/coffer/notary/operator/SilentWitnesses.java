package dev.coffer.notary.operator;

import dev.coffer.notary.http.Fetch;
import dev.coffer.transparency.tlog.Policy;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out which witnesses of a policy answer nobody, for an operator whose log lacks a quorum.
 * Any answer will do: what a witness says to strangers is its own affair.
 */
@FunctionalInterface
public interface SilentWitnesses {
  /** Their names and addresses, in the policy's order; empty if all answer. */
  List<String> find() throws IOException;

  /** Asks each witness of {@code policy} that has an address. */
  static SilentWitnesses of(Fetch fetch, Policy policy) {
    return () -> {
      List<String> silent = new ArrayList<>();
      for (Policy.Witness witness : policy.witnesses()) {
        String address = witness.url().orElse("");
        if (!address.isEmpty() && !answers(fetch, address)) {
          silent.add(witness.key().name().value() + " at " + address);
        }
      }
      return silent;
    };
  }

  private static boolean answers(Fetch fetch, String address) throws InterruptedIOException {
    try {
      int unused = fetch.get(URI.create(address), 64 << 10).status();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while witnesses were asked");
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }
}
