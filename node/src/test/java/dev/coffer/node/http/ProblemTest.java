package dev.coffer.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.peer.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What refusals look like to a client is what the OpenAPI file says. */
final class ProblemTest {
  private static final Path OPENAPI = Path.of("..", "docs", "openapi.yaml");

  @Test
  void theOpenApiFileListsEveryReason() throws Exception {
    String text = Files.readString(OPENAPI);
    Matcher list =
        Pattern.compile("code:\\s+type: string\\s+enum:((?:\\s+- [A-Z_]+)+)").matcher(text);
    assertTrue(list.find());
    Set<String> listed =
        Stream.of(list.group(1).trim().split("\\s*- "))
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> known =
        Stream.of(Refusal.Reason.values())
            .map(Enum::name)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(known, listed);
  }

  @Test
  void whatAnotherNodeSaysCannotBreakTheJson() {
    Refusal refusal = new Refusal(Refusal.Reason.BUSY, "a \"quote\", a \\ and a \u00fc\n");
    assertEquals(
        "{\"status\":429,\"code\":\"BUSY\",\"detail\":\"a \\\"quote\\\", a \\\\ and a \\u00fc\\u000a\",\"next\":\""
            + Refusal.Reason.BUSY.next()
            + "\"}",
        new String(Problem.json(refusal), StandardCharsets.UTF_8));
  }
}
