package dev.coffer.notary.operator;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.tlog.TlogProof;
import java.io.IOException;
import java.util.List;

/**
 * What an operator keeps of bundles that are on their way, and where it puts those that are done.
 *
 * <p><b>Guaranteed:</b> what {@link #keep} returned from is there after a crash.
 */
public interface OperatorShelf {
  /** Keeps a statement before the notary hears of it. */
  void keep(Bundle statement) throws IOException;

  /** What is kept, in no order. */
  List<Bundle> kept() throws OperatorFailure, IOException;

  /** Lets a statement go, by its hash. */
  void forget(Bytes hash) throws IOException;

  /** Hands a logged bundle to all nodes. */
  void handOut(Bytes fleetNote, TlogProof proof) throws OperatorFailure, IOException;
}
