package dev.coffer.analysis.timing;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Loads all of Coffer anew, the product's own classes with a note to {@link Trace} at the start of
 * every method, on either side of every branch and before every access to an array. What the
 * runtime does inside its own classes is not seen.
 */
final class TracingLoader extends ClassLoader {
  private static final ClassDesc TRACE = ClassDesc.of(Trace.class.getName());
  private static final MethodTypeDesc NOTE =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);

  private final Pattern traced;
  private final Map<String, byte[]> changed;

  private TracingLoader(String traced, Map<String, byte[]> changed) {
    super(TracingLoader.class.getClassLoader());
    this.traced = Pattern.compile(traced);
    this.changed = changed;
  }

  /**
   * A {@code type} of its own, over traced classes.
   *
   * @param traced names of the classes to watch
   */
  static Experiment load(String traced, Class<? extends Experiment> type)
      throws ReflectiveOperationException {
    return load(traced, type, Map.of());
  }

  /** The same where some classes are not the real ones. */
  static Experiment load(
      String traced, Class<? extends Experiment> type, Map<String, byte[]> changed)
      throws ReflectiveOperationException {
    return (Experiment)
        new TracingLoader(traced, changed).loadClass(type.getName()).getConstructor().newInstance();
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      boolean shared =
          name.startsWith(Trace.class.getName()) || name.equals(Experiment.class.getName());
      if (!name.startsWith("dev.coffer.") || shared) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] octets = changed.getOrDefault(name, in.readAllBytes());
      byte[] loaded = traced.matcher(name).matches() ? noted(octets) : octets;
      return defineClass(name, loaded, 0, loaded.length, TracingLoader.class.getProtectionDomain());
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private static byte[] noted(byte[] octets) {
    ClassFile format = ClassFile.of();
    var model = format.parse(octets);
    String type = model.thisClass().asInternalName().replaceFirst(".*/", "");
    return format.transformClass(
        model,
        ClassTransform.transformingMethods((builder, element) -> {
          if (element instanceof CodeModel code) {
            String method = code.parent().map(MethodModel::methodName).orElseThrow().stringValue();
            builder.transformCode(code, new Notes(type + "." + method));
          } else {
            builder.with(element);
          }
        }));
  }

  private static final class Notes implements CodeTransform {
    private final String method;
    private int places;

    Notes(String method) {
      this.method = method;
    }

    @Override
    public void atStart(CodeBuilder builder) {
      note(builder, Trace.site(method + "()"));
    }

    @Override
    public void accept(CodeBuilder builder, CodeElement element) {
      switch (element) {
        case LabelTarget label -> {
          builder.with(label);
          here(builder);
        }
        case BranchInstruction branch -> {
          builder.with(branch);
          if (branch.opcode() != Opcode.GOTO && branch.opcode() != Opcode.GOTO_W) {
            here(builder);
          }
        }
        case ArrayLoadInstruction load -> {
          builder.dup();
          index(builder);
          builder.with(load);
        }
        case ArrayStoreInstruction store -> {
          boolean wide = store.typeKind() == TypeKind.LONG || store.typeKind() == TypeKind.DOUBLE;
          if (wide) {
            builder.dup2_x1().pop2().dup();
            index(builder);
            builder.dup_x2().pop();
          } else {
            builder.swap().dup();
            index(builder);
            builder.swap();
          }
          builder.with(store);
        }
        default -> builder.with(element);
      }
    }

    private void here(CodeBuilder builder) {
      note(builder, Trace.site(method + "#" + places++));
    }

    private static void note(CodeBuilder builder, int site) {
      builder.loadConstant(site).invokestatic(TRACE, "at", NOTE);
    }

    private static void index(CodeBuilder builder) {
      builder.invokestatic(TRACE, "index", NOTE);
    }
  }
}
