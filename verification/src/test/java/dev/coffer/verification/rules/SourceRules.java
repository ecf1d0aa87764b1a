package dev.coffer.verification.rules;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssertTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;

/** What may not be written in a Java file, whatever it does. */
final class SourceRules extends TreeScanner<Void, Void> {
  static final int FUNCTION_LINES_MAX = 70;

  private static final Pattern VAGUE = Pattern.compile("(Manager|Helper|Utils?|Impl)(?![a-z])");

  /**
   * Where time and chance come from. Written as {@code Type.member}; {@code Type.new} is any
   * constructor.
   */
  static final Set<String> AMBIENT =
      Set.of(
          "System.currentTimeMillis",
          "System.nanoTime",
          "Instant.now",
          "LocalDate.now",
          "LocalDateTime.now",
          "ZonedDateTime.now",
          "OffsetDateTime.now",
          "Clock.systemUTC",
          "Clock.systemDefaultZone",
          "Date.new",
          "SecureRandom.new",
          "SecureRandom.getInstanceStrong",
          "Random.new",
          "Math.random",
          "ThreadLocalRandom.current",
          "UUID.randomUUID",
          "LockSupport.parkNanos",
          "Thread.sleep");

  /** {@code TimeUnit.SECONDS.sleep(1)} is {@code Thread.sleep} by another name. */
  private static final String UNITS_THAT_SLEEP = "^[A-Z]*SECONDS\\.sleep$|^MINUTES\\.sleep$";

  private final JavaSource source;
  private final Ports ports;
  private final List<Violation> found = new ArrayList<>();

  private SourceRules(JavaSource source, Ports ports) {
    this.source = source;
    this.ports = ports;
  }

  static List<Violation> check(JavaSource source, Ports ports) {
    SourceRules rules = new SourceRules(source, ports);
    rules.scan(source.unit(), null);
    return rules.found;
  }

  private void breach(Tree at, String rule, String what) {
    found.add(new Violation(source.file(), source.lineOf(at), rule, what));
  }

  @Override
  public Void visitClass(ClassTree type, Void unused) {
    if (VAGUE.matcher(type.getSimpleName()).find()) {
      breach(
          type,
          "Name a type after what it is in the protocol: no Manager, Helper, Util, Impl.",
          type.getSimpleName().toString());
    }
    if (type.getKind() == Tree.Kind.RECORD && !source.isTest()) {
      for (Tree member : type.getMembers()) {
        if (member instanceof VariableTree component
            && !component.getModifiers().getFlags().contains(Modifier.STATIC)
            && component.getType() != null
            && component.getType().toString().matches(".*\\b(SecretBytes|SecretKey)\\b.*")) {
          breach(
              component,
              "A secret never sits in a record, which prints its components: use a final class.",
              component.getName().toString());
        }
      }
    }
    return super.visitClass(type, null);
  }

  @Override
  public Void visitMethod(MethodTree method, Void unused) {
    long lines =
        method.getBody() == null ? 0 : source.lastLineOf(method) - source.lineOf(method) + 1;
    if (lines > FUNCTION_LINES_MAX) {
      breach(
          method,
          "A function has at most " + FUNCTION_LINES_MAX + " lines.",
          method.getName() + " has " + lines);
    }
    return super.visitMethod(method, null);
  }

  @Override
  public Void visitAssert(AssertTree statement, Void unused) {
    breach(
        statement,
        "Check with Invariant.check, which is always on, never with assert.",
        statement.toString());
    return super.visitAssert(statement, null);
  }

  @Override
  public Void visitAnnotation(AnnotationTree annotation, Void unused) {
    if (annotation.getAnnotationType().toString().matches("(.*\\.)?Disabled\\w*")) {
      breach(annotation, "A test runs or is deleted: never disabled.", annotation.toString());
    }
    return super.visitAnnotation(annotation, null);
  }

  @Override
  public Void visitImport(ImportTree imported, Void unused) {
    String name = imported.getQualifiedIdentifier().toString();
    if (name.startsWith("org.mockito") || name.startsWith("org.easymock")) {
      breach(imported, "Fakes with faults or the real thing, no mocking framework.", name);
    }
    return super.visitImport(imported, null);
  }

  @Override
  public Void visitMemberSelect(MemberSelectTree select, Void unused) {
    ambient(select, simpleName(select.getExpression()) + "." + select.getIdentifier());
    return super.visitMemberSelect(select, null);
  }

  @Override
  public Void visitMemberReference(com.sun.source.tree.MemberReferenceTree reference, Void unused) {
    ambient(reference, simpleName(reference.getQualifierExpression()) + "." + reference.getName());
    return super.visitMemberReference(reference, null);
  }

  @Override
  public Void visitNewClass(NewClassTree creation, Void unused) {
    ambient(creation, simpleName(creation.getIdentifier()) + ".new");
    return super.visitNewClass(creation, null);
  }

  private static String simpleName(Tree expression) {
    String text = expression.toString();
    return text.substring(text.lastIndexOf('.') + 1);
  }

  private void ambient(Tree at, String call) {
    // `Type::new` and `Type.new` are the same here.
    String name = call.replace("<init>", "new").replaceFirst(UNITS_THAT_SLEEP, "Thread.sleep");
    if (!AMBIENT.contains(name)) {
      return;
    }
    // A test may measure, and may draw from a seeded generator; it may not sleep, and what it draws
    // must be repeatable.
    boolean waits = name.equals("Thread.sleep") || name.equals("LockSupport.parkNanos");
    boolean judged = waits || !source.isTest();
    if (judged && !ports.allows(source.file(), name)) {
      breach(
          at,
          "Time, chance and waiting are arguments or come through a port"
              + " (verification/src/test/resources/rules/ports.txt lists the ports).",
          name);
    }
  }

  /** What concerns the text and not its structure: size, width, and marks of unfinished work. */
  static List<Violation> checkText(String file, String text, int linesMax, int columnsMax) {
    List<Violation> found = new ArrayList<>();
    List<String> lines = text.lines().toList();
    if (lines.size() > linesMax) {
      found.add(
          new Violation(file, 0, "A file has at most " + linesMax + " lines.", "" + lines.size()));
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int width = line.codePointCount(0, line.length());
      if (width > columnsMax && !line.startsWith("import ")) {
        String rule = "A line has at most " + columnsMax + " columns.";
        found.add(new Violation(file, i + 1L, rule, width + " columns"));
      }
      Optional<String> unfinished = unfinished(line);
      if (unfinished.isPresent()) {
        String rule = "Finish it, or write it into the project's issues: no marks in the sources.";
        found.add(new Violation(file, i + 1L, rule, unfinished.get()));
      }
    }
    return found;
  }

  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");

  private static Optional<String> unfinished(String line) {
    var matcher = UNFINISHED.matcher(line);
    return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
  }
}
