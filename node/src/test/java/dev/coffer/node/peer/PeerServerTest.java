package dev.coffer.node.peer;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

class PeerServerTest {
  /** As one whose other end was gone before TLS took it. */
  @Test
  void aConnectionThatCannotBeSecuredIsClosed() throws Exception {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    try (Socket plain = new Socket()) {
      assertThrows(SocketException.class, () -> PeerServer.secured(plain, factory));
      assertTrue(plain.isClosed());
    }
  }
}
