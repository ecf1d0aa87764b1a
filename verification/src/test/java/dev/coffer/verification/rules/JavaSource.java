package dev.coffer.verification.rules;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
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
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    JavaFileObject source =
        new SimpleJavaFileObject(
            URI.create("string:///" + file.replace(' ', '_')), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    try {
      var options = List.of("-proc:none");
      var task = (JavacTask) compiler.getTask(null, null, d -> {}, options, null, List.of(source));
      return new JavaSource(file, text, task.parse().iterator().next(), Trees.instance(task));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
