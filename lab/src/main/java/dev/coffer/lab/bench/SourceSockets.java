package dev.coffer.lab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/** TLS sockets that come from one address of this machine, so that floods have one of their own. */
final class SourceSockets extends SSLSocketFactory {
  private final SSLSocketFactory sockets;
  private final InetAddress from;

  SourceSockets(SSLSocketFactory sockets, InetAddress from) {
    this.sockets = sockets;
    this.from = from;
  }

  private <S extends Socket> S bound(S socket) throws IOException {
    socket.bind(new InetSocketAddress(from, 0));
    return socket;
  }

  /** A plain one, connected. */
  Socket plain(InetSocketAddress to, int timeoutMillis) throws IOException {
    Socket socket = bound(new Socket());
    try {
      socket.connect(to, timeoutMillis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Whether this system lends that address to whoever asks, as Linux does all of 127.0.0.0/8. */
  static boolean lent(InetAddress source) {
    try (ServerSocket unused = new ServerSocket(0, 1, source)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public Socket createSocket() throws IOException {
    return bound(sockets.createSocket());
  }

  @Override
  public Socket createSocket(Socket plain, String host, int port, boolean autoClose)
      throws IOException {
    return sockets.createSocket(plain, host, port, autoClose);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return sockets.createSocket(host, port, from, 0);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return sockets.createSocket(host, port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return sockets.createSocket(host, port, from, 0);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return sockets.createSocket(host, port, local, localPort);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return sockets.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return sockets.getSupportedCipherSuites();
  }
}
