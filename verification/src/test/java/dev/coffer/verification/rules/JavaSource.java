package dev.coffer.verification.rules;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * A Java file, parsed but not resolved.
 *
 * @param file relative to the repository's root
 */
record JavaSource(String file, String text, CompilationUnitTree unit, Trees trees) {
  static JavaSource parse(String file, String text) {
    return parse(Map.of(file, text)).getFirst();
  }

  /** All of them by one compiler, which takes a tenth of the time. */
  static List<JavaSource> parse(Map<String, String> textOfFile) {
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    List<Text> texts =
        textOfFile.entrySet().stream().map(e -> new Text(e.getKey(), e.getValue())).toList();
    var task =
        (JavacTask) compiler.getTask(null, null, d -> {}, List.of("-proc:none"), null, texts);
    Trees trees = Trees.instance(task);
    List<JavaSource> sources = new ArrayList<>();
    try {
      for (CompilationUnitTree unit : task.parse()) {
        String file = unit.getSourceFile().toUri().getPath().substring(1);
        sources.add(new JavaSource(file, textOfFile.get(file), unit, trees));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sources;
  }

  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    Text(String file, String text) {
      super(URI.create("source:///" + file), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  boolean isTest() {
    return file.contains("/src/test/");
  }

  long lineOf(Tree tree) {
    return unit.getLineMap().getLineNumber(trees.getSourcePositions().getStartPosition(unit, tree));
  }

  long lastLineOf(Tree tree) {
    return unit.getLineMap().getLineNumber(trees.getSourcePositions().getEndPosition(unit, tree));
  }
}
