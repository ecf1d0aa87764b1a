package dev.coffer.lab.sample;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A messenger's data on a phone, made up from a seed: a SQLite database of messages, and photos,
 * voice notes and documents with names in several scripts. The same seed gives the same media;
 * about 40 MB in all.
 */
public final class SampleHistory {
  private static final int MESSAGES = 20_000;
  private static final int MEDIA = 60;
  private static final int MEDIA_MIN = 150_000;
  private static final int MEDIA_MAX = 950_000;
  private static final List<String> PEOPLE =
      List.of(
          "Ada",
          "Björk",
          "Chiara",
          "Dieudonné",
          "Έλενα",
          "Фёдор",
          "Grâce",
          "春子",
          "إيمان",
          "Jürgen");
  private static final List<String> WORDS =
      List.of(
          "tomorrow",
          "morning",
          "coffee",
          "train",
          "platform",
          "ticket",
          "lovely",
          "photo",
          "garden",
          "rain",
          "Grüße",
          "à bientôt",
          "Straße",
          "déjà vu",
          "mañana",
          "明日",
          "ありがとう",
          "спасибо",
          "مرحبا",
          "🚲",
          "🍰",
          "🎉",
          "dinner",
          "keys",
          "cinema",
          "late",
          "sorry",
          "already",
          "there",
          "see",
          "you",
          "soon",
          "where",
          "are",
          "we",
          "meeting");
  private static final List<String> KINDS =
      List.of("photo.jpg", "voice note.opus", "Zoë’s résumé.pdf", "夏休み.jpg", "лето.mp4", "🎂.png");

  private SampleHistory() {}

  /** Makes it in {@code directory}. */
  public static void make(Path directory, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Files.createDirectories(directory);
    messages(directory.resolve("messages.db"), random.split());
    media(directory.resolve("media"), random.split());
    Files.writeString(
        directory.resolve("settings.json"), "{\"theme\":\"dark\",\"language\":\"de-CH\"}\n");
    Files.createDirectories(directory.resolve("drafts"));
    Files.write(directory.resolve("drafts").resolve("empty draft"), new byte[0]);
  }

  private static void messages(Path database, SplittableRandom random) throws IOException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(
          "create table message (id integer primary key, conversation integer not null, sender text not null,"
              + " sent_at integer not null, body text not null, attachment text)");
      try (PreparedStatement insert =
          connection.prepareStatement("insert into message values (?, ?, ?, ?, ?, ?)")) {
        long at = 1_700_000_000_000L;
        for (int id = 1; id <= MESSAGES; id++) {
          at += random.nextLong(1, 600_000);
          insert.setInt(1, id);
          insert.setInt(2, random.nextInt(40));
          insert.setString(3, pick(PEOPLE, random));
          insert.setLong(4, at);
          insert.setString(5, body(random));
          insert.setString(6, random.nextInt(100) == 0 ? mediaName(random.nextInt(MEDIA)) : null);
          insert.addBatch();
        }
        insert.executeBatch();
      }
      statement.execute("create index by_conversation on message (conversation, sent_at)");
      connection.commit();
    } catch (SQLException e) {
      throw new IOException("the sample message database could not be written", e);
    }
  }

  private static String body(SplittableRandom random) {
    StringBuilder body = new StringBuilder();
    for (int words = random.nextInt(1, 28); words > 0; words--) {
      body.append(pick(WORDS, random)).append(words > 1 ? " " : "");
    }
    return body.toString();
  }

  /** Random octets, because that is what compressed pictures and sound look like. */
  private static void media(Path directory, SplittableRandom random) throws IOException {
    for (int i = 0; i < MEDIA; i++) {
      Path file = directory.resolve("2026-%02d".formatted(i % 12 + 1)).resolve(mediaName(i));
      Files.createDirectories(file.getParent());
      byte[] content = new byte[random.nextInt(MEDIA_MIN, MEDIA_MAX)];
      random.nextBytes(content);
      try (OutputStream out = Files.newOutputStream(file)) {
        out.write(("sample medium " + i + "\n").getBytes(StandardCharsets.UTF_8));
        out.write(content);
      }
    }
  }

  private static String mediaName(int i) {
    return "%03d %s".formatted(i, KINDS.get(i % KINDS.size()));
  }

  private static String pick(List<String> from, SplittableRandom random) {
    return from.get(random.nextInt(from.size()));
  }
}
