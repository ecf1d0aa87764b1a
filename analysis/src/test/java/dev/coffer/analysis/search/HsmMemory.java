package dev.coffer.analysis.search;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.seal.Member;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.SecretBytes;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * The volatile memory of a running HSM's partition, taken out and put back, so that one running
 * core serves as every state the search wants to continue from. It finds the fields by itself and
 * refuses a kind of field it does not know how to copy: a new kind of state cannot be overlooked.
 */
public final class HsmMemory {
  private static final Pattern SIGNATURES =
      Pattern.compile("Signed\\[index=\\d+, signature=[0-9a-f]+\\](, )?");
  private static final String CHAIN = "dev.coffer.hsm.chain";

  private HsmMemory() {}

  private static Object field(Object of, String name) {
    try {
      Field field = of.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the HSM's memory has changed its shape: " + name, e);
    }
  }

  private static Object working(HsmCore core, String component) {
    return component(((Optional<?>) field(core, "working")).orElseThrow(), component);
  }

  /** What a corrupted HSM gives away. */
  public static Member member(HsmCore core) {
    return (Member) working(core, "member");
  }

  /** Every K_A that {@code member} holds, by position in the list of sets. */
  @SuppressWarnings("unchecked")
  static Map<Integer, SecretBytes> subsetKeys(Member member) {
    return (Map<Integer, SecretBytes>) field(member.keys(), "subsets");
  }

  private static Object partition(HsmCore core) {
    return ((List<?>) working(core, "partitions")).getFirst();
  }

  /** The volatile memory of the first partition. */
  static Map<String, Object> take(HsmCore core) {
    Map<String, Object> memory = new TreeMap<>();
    walk(
        partition(core),
        "",
        (field, of, name) -> {
          Object value = field.get(of);
          memory.put(name, value instanceof Map<?, ?> map ? copy(map) : value);
        });
    return memory;
  }

  /** Puts {@code memory} into the first partition of a running core. */
  static void put(HsmCore core, Map<String, Object> memory) {
    walk(
        partition(core),
        "",
        (field, of, name) -> {
          Object value = memory.get(name);
          if (value instanceof Map<?, ?> map) {
            refill((Map<?, ?>) field.get(of), map);
          } else {
            field.set(of, value);
          }
        });
  }

  private static Map<?, ?> copy(Map<?, ?> map) {
    return map instanceof TreeMap<?, ?> ? new TreeMap<>(map) : new LinkedHashMap<>(map);
  }

  @SuppressWarnings("unchecked")
  private static void refill(Map<?, ?> target, Map<?, ?> from) {
    target.clear();
    ((Map<Object, Object>) target).putAll(from);
  }

  private interface Visit {
    void field(Field field, Object of, String name) throws ReflectiveOperationException;
  }

  private static void walk(Object of, String prefix, Visit visit) {
    try {
      for (Field field : of.getClass().getDeclaredFields()) {
        Class<?> type = field.getType();
        boolean constant = Modifier.isFinal(field.getModifiers());
        boolean outside =
            Set.of(Member.class, Nvram.class, ReentrantLock.class).contains(type)
                || (constant && type.isPrimitive());
        if (Modifier.isStatic(field.getModifiers()) || outside) {
          continue;
        }
        field.setAccessible(true);
        if (!constant || Map.class.isAssignableFrom(type)) {
          visit.field(field, of, prefix + field.getName());
        } else if (type.getPackageName().equals(CHAIN) && !type.isRecord()) {
          walk(field.get(of), field.getName() + ".", visit);
        } else {
          throw new IllegalStateException("no rule to copy " + field);
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the HSM's memory has changed its shape", e);
    }
  }

  /**
   * Two states with equal text behave alike. Who signed a certificate is left out, since any quorum
   * does; so is what an HSM that may sign once heard, which it never looks at again; which octets
   * its nonce has, since it is always the same; and of what it holds, all but the places, from
   * which the rest follows.
   */
  static String text(Map<String, Object> memory, Bytes image) {
    boolean maySign = Boolean.TRUE.equals(memory.get("restart.maySign"));
    StringBuilder text = new StringBuilder(image(image));
    memory.forEach((name, value) -> {
      if (name.startsWith("restart.") && maySign && !name.equals("restart.maySign")) {
        return;
      }
      text.append('\n').append(name).append('=');
      if (name.equals("held.entries")) {
        text.append(held(memory));
      } else if (name.equals("restart.nonce")) {
        text.append(((Optional<?>) value).isPresent());
      } else {
        text.append(SIGNATURES.matcher(String.valueOf(value)).replaceAll(""));
      }
    });
    return text.toString();
  }

  /** The k of the entries whose replies are held. */
  static Set<Long> held(Map<String, Object> memory) {
    Set<Long> held = new TreeSet<>();
    for (Object place : ((Map<?, ?>) memory.get("held.entries")).keySet()) {
      held.add((Long) component(place, "k"));
    }
    return held;
  }

  private static Object component(Object record, String name) {
    try {
      Method accessor = record.getClass().getDeclaredMethod(name);
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the HSM's memory has changed its shape: " + name, e);
    }
  }

  /** The newest values in an image of the non-volatile memory. */
  static ChainValues durable(Bytes image) {
    try {
      return ring(new CanonicalReader(image)).lastEntry().getValue();
    } catch (Rejected e) {
      throw new IllegalStateException("an image that its own HSM could not read", e);
    }
  }

  private static TreeMap<Long, ChainValues> ring(CanonicalReader in) throws Rejected {
    in.u8();
    TreeMap<Long, ChainValues> ring = new TreeMap<>();
    for (int left = in.u8(); left > 0; left--) {
      ChainValues values = ChainValues.read(in);
      ring.put(values.k(), values);
    }
    return ring;
  }

  private static String image(Bytes image) {
    try {
      CanonicalReader in = new CanonicalReader(image);
      String ring = ring(in).toString();
      return in.bool() ? ring + Certificate.read(in).values() : ring;
    } catch (Rejected e) {
      throw new IllegalStateException("an image that its own HSM could not read", e);
    }
  }
}
