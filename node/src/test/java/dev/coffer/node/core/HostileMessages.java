package dev.coffer.node.core;

import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.RequestType;

/** Messages between nodes, for those who forge them or listen. */
public final class HostileMessages {
  private HostileMessages() {}

  /** What a node submits for a client of its own, here for nobody. */
  public static Bytes submission(HsmPort.Admission admission, int admitting, RequestType type) {
    return new Messages.Submission(
            0, admission.treeKey(), admitting, admission.operation(), type, true, 0)
        .encode();
  }

  /** The body of STATEMENT. */
  public static Bytes statement(Statement statement) {
    return Messages.statement(statement);
  }

  /** Reads the body of STATEMENT. */
  public static Statement statement(Bytes body) throws Rejected {
    return Messages.statement(body);
  }

  /** Reads the answer to STATUS. */
  public static SignedStatus status(Bytes body) throws Rejected {
    return Messages.status(body);
  }

  /** The answer to STATUS. */
  public static Bytes status(SignedStatus status) {
    return Messages.status(status);
  }
}
