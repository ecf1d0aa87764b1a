package dev.coffer.analysis.search;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Loads all of Coffer, and the search or simulation itself, anew, with some classes compiled from
 * changed sources. The arithmetic below stays shared: it is the same, and warm.
 */
public final class MutantLoader extends ClassLoader {
  private static final Pattern SHARED =
      Pattern.compile("dev\\.coffer\\.protocol\\.(codec|crypto|curve|group|oprf|threshold)\\..*");

  private final Map<String, byte[]> changed;

  private MutantLoader(Map<String, byte[]> changed) {
    super(MutantLoader.class.getClassLoader());
    this.changed = changed;
  }

  /** A {@code type} of its own, run against {@code sources} in place of the real ones. */
  @SuppressWarnings("unchecked")
  public static Function<String, String> load(
      Map<String, String> sources, Class<? extends Function<String, String>> type) {
    try {
      return (Function<String, String>)
          new MutantLoader(compile(sources))
              .loadClass(type.getName())
              .getConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      if (!name.startsWith("dev.coffer.") || SHARED.matcher(name).matches()) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        byte[] octets = changed.get(name);
        loaded = define(name, octets == null ? original(name) : octets);
      }
      return loaded;
    }
  }

  private Class<?> define(String name, byte[] octets) {
    return defineClass(name, octets, 0, octets.length, MutantLoader.class.getProtectionDomain());
  }

  private byte[] original(String name) throws ClassNotFoundException {
    try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /** The classes of changed sources, by name. */
  public static Map<String, byte[]> compile(Map<String, String> sources) {
    if (sources.isEmpty()) {
      return Map.of();
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, null);
        Classes classes = new Classes(standard)) {
      List<Source> units =
          sources.entrySet().stream().map(e -> new Source(e.getKey(), e.getValue())).toList();
      List<String> options = List.of("-proc:none", "-nowarn", "-classpath", classPath());
      boolean compiled = compiler.getTask(said, classes, null, options, null, units).call();
      if (!compiled) {
        throw new AssertionError("a mutant does not compile:\n" + said);
      }
      return classes.octets();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where what may be changed was loaded from. */
  private static String classPath() {
    Set<String> places = new LinkedHashSet<>();
    for (Class<?> each :
        List.of(
            dev.coffer.client.VaultClient.class,
            dev.coffer.transparency.verify.FleetVerifier.class,
            dev.coffer.hsm.HsmCore.class,
            dev.coffer.hsm.harness.TestClient.class,
            dev.coffer.protocol.codec.Bytes.class,
            dev.coffer.node.core.Reconciliation.class,
            dev.coffer.node.order.SimulatedOrderer.class,
            org.slf4j.Logger.class,
            org.jspecify.annotations.NullMarked.class,
            MutantLoader.class)) {
      places.add(
          java.nio.file.Path.of(
                  URI.create(each.getProtectionDomain().getCodeSource().getLocation().toString()))
              .toString());
    }
    return String.join(java.io.File.pathSeparator, places);
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String file, String text) {
      super(URI.create("string:///" + file.replaceFirst(".*/java/", "")), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Keeps what is compiled in memory. */
  private static final class Classes extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> written = new HashMap<>();

    Classes(JavaFileManager standard) {
      super(standard);
    }

    Map<String, byte[]> octets() {
      Map<String, byte[]> octets = new HashMap<>();
      written.forEach((name, out) -> octets.put(name, out.toByteArray()));
      return octets;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("string:///" + name), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          written.put(name, out);
          return out;
        }
      };
    }
  }
}
