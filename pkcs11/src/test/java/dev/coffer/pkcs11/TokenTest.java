package dev.coffer.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.pkcs11.harness.SoftHsm;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A sealing key in SoftHSM2, and what is said when the token does not do its part. */
class TokenTest {
  private static final Bytes NONCE = Bytes.zeros(Token.NONCE);
  private static final Bytes AAD = Bytes.fromHex("0102");
  private static final Bytes TEXT = Bytes.wrap("state".getBytes(StandardCharsets.US_ASCII));

  @TempDir private Path folder;
  private SoftHsm tokens;

  @BeforeEach
  void insert() throws Throwable {
    if (!SoftHsm.here()) {
      System.out.println("SKIP: " + SoftHsm.SKIP);
    }
    Assumptions.assumeTrue(SoftHsm.here(), SoftHsm.SKIP);
    tokens = new SoftHsm(folder);
    tokens.insert("t");
    tokens.plug();
  }

  private Token open(boolean writable) throws IOException {
    return tokens.place("t", tokens.pin("pin", "1234")).open(writable);
  }

  private static TokenFailure failure(Executable call) {
    return assertThrows(TokenFailure.class, call);
  }

  @Test
  void aKeyMadeInsideSealsAndStaysThere() throws Exception {
    Bytes sealed;
    String serial;
    try (Token token = open(true)) {
      assertEquals(Optional.empty(), token.find(Token.Kind.SECRET, "k"));
      Token.Key key = token.makeSealingKey("k");
      assertTrue(token.staysInside(key));
      sealed = token.seal(key, NONCE, AAD, SecretBytes.copyOf(TEXT));
      assertEquals(TEXT.size() + 16, sealed.size());
      assertNotEquals(TEXT, sealed.slice(0, TEXT.size()));
      serial = token.serial();
      assertFalse(serial.isEmpty());
      assertFalse(token.hardware(), "SoftHSM2 does not say that it is any");
    }
    try (Token token = open(false)) {
      assertEquals(serial, token.serial());
      Token.Key key = token.find(Token.Kind.SECRET, "k").orElseThrow();
      assertEquals(TEXT, Bytes.wrap(token.open(key, NONCE, AAD, sealed).copy()));
      TokenFailure other = failure(() -> token.open(key, NONCE, Bytes.EMPTY, sealed));
      assertEquals(TokenFailure.Kind.NOT_OPENED, other.kind());
      failure(() -> token.open(key, NONCE, AAD, sealed.slice(1, sealed.size())));
      assertEquals(TEXT, Bytes.wrap(token.open(key, NONCE, AAD, sealed).copy()), "and goes on");
      assertThrows(IOException.class, () -> token.makeSealingKey("other"), "read-only session");
    }
  }

  @Test
  void anImportedKeyDoesNotCountAsKeptInside() throws Exception {
    Path aes = folder.resolve("aes");
    Files.write(aes, new byte[32]);
    tokens.run(
        "--import",
        "" + aes,
        "--aes",
        "--token",
        "t",
        "--label",
        "k",
        "--id",
        "01",
        "--pin",
        "1234");
    try (Token token = open(false)) {
      assertFalse(token.staysInside(token.find(Token.Kind.SECRET, "k").orElseThrow()));
    }
  }

  @Test
  void twoKeysOfOneNameAreNoKey() throws Exception {
    try (Token token = open(true)) {
      token.makeSealingKey("k");
      token.makeSealingKey("k");
      IOException several =
          assertThrows(IOException.class, () -> token.find(Token.Kind.SECRET, "k"));
      assertTrue(several.getMessage().contains("take away the wrong ones"));
    }
  }

  @Test
  void aWrongPinAndAMissingTokenSaySo() throws Exception {
    Path wrong = tokens.pin("wrong", "9999");
    TokenFailure refused = failure(() -> tokens.place("t", wrong).open(false));
    assertEquals(TokenFailure.Kind.PIN_REFUSED, refused.kind());
    assertTrue(refused.getMessage().contains("correct the PIN file"), refused.getMessage());
    assertFalse(refused.getMessage().contains("9999"));
    TokenFailure missing =
        failure(() -> tokens.place("none", tokens.pin("pin", "1234")).open(false));
    assertEquals(TokenFailure.Kind.NOT_THERE, missing.kind());
    Path open = tokens.pin("open", "1234");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    IOException others = assertThrows(IOException.class, () -> tokens.place("t", open).open(false));
    assertTrue(others.getMessage().contains("chmod 600"));
  }

  /** SoftHSM2 never locks: a C_Login that answers what a locking token would, in its place. */
  @ParameterizedTest
  @CsvSource({
    "164, PIN_LOCKED, security officer",
    "258, PIN_LOCKED, no user PIN",
    "160, PIN_REFUSED, correct the PIN file",
    "50, NOT_THERE, insert it",
    "112, CANNOT, take one that can",
    "5, OTHER, vendor"
  })
  void whatATokenAnswersToALoginIsSaidInASentence(
      long answer, TokenFailure.Kind kind, String sentence) throws Exception {
    open(false).close();
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup real = SymbolLookup.libraryLookup(SoftHsm.LIBRARY, arena);
      MemorySegment login =
          Linker.nativeLinker()
              .upcallStub(
                  MethodHandles.dropArguments(
                      MethodHandles.constant(long.class, answer),
                      0,
                      MethodType.methodType(
                              void.class, long.class, long.class, MemorySegment.class, long.class)
                          .parameterList()),
                  FunctionDescriptor.of(
                      ValueLayout.JAVA_LONG,
                      ValueLayout.JAVA_LONG,
                      ValueLayout.JAVA_LONG,
                      ValueLayout.ADDRESS,
                      ValueLayout.JAVA_LONG),
                  arena);
      Cryptoki locking =
          new Cryptoki(name -> name.equals("C_Login") ? Optional.of(login) : real.find(name));
      SecretBytes pin = SecretBytes.copyOf(new byte[] {'1'});
      TokenFailure failure = failure(() -> Token.open(locking, locking.slot("t"), pin, false));
      assertEquals(kind, failure.kind());
      assertTrue(failure.getMessage().contains(sentence), failure.getMessage());
    }
  }
}
