package dev.coffer.notary.operator;

import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.WebAddress;
import dev.coffer.notary.operator.OperatorFailure.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.net.URI;

/** Where alerts are posted, one line of JSON each. */
public final class Webhook {
  private static final String JSON = "application/json";
  private static final int ANSWER_MAX = 64 << 10;

  private final Fetch fetch;
  private final URI address;

  private Webhook(Fetch fetch, URI address) {
    this.fetch = fetch;
    this.address = address;
  }

  /**
   * At that address, which nobody is asked at yet.
   *
   * @throws OperatorFailure if nothing can be posted there: better now than at the first alarm
   */
  public static Webhook at(Fetch fetch, URI address) throws OperatorFailure {
    return new Webhook(fetch, checked(address, "--webhook"));
  }

  /**
   * An address of the web.
   *
   * @param option whose value it is
   */
  public static URI checked(URI address, String option) throws OperatorFailure {
    if (WebAddress.parse(address.toString()).isEmpty()) {
      throw new OperatorFailure(
          Reason.USAGE,
          "The value of " + option + " is no address of the web.",
          "Write it in full: " + option + " https://HOST/PATH.");
    }
    return address;
  }

  /**
   * Posts one alert.
   *
   * @param line JSON
   * @return whether the receiver said that it has it: any other answer, or none, means no
   */
  public boolean tell(String line) throws InterruptedException {
    try {
      Bytes body = Utf8.encode(line + "\n");
      int status = fetch.post(address, JSON, body, ANSWER_MAX).status();
      return status >= 200 && status <= 299;
    } catch (IOException e) {
      return false;
    }
  }
}
