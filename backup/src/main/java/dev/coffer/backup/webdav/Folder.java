package dev.coffer.backup.webdav;

import dev.coffer.backup.remote.FolderTree.Member;
import dev.coffer.backup.remote.NotForPhones;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What a server says is in one folder: an answer to PROPFIND with depth 1.
 *
 * @param members without the folder itself
 */
@NotForPhones
record Folder(List<Member> members) {
  /** What is asked for. */
  static final String QUESTION =
      "<?xml version=\"1.0\" encoding=\"utf-8\"?><propfind xmlns=\"DAV:\"><prop>"
          + "<resourcetype/><getcontentlength/><getlastmodified/></prop></propfind>";

  /**
   * Reads the XML; whatever is not such an answer is an {@link XMLStreamException}.
   *
   * @param path of the folder as it was asked for, with a slash at its end
   */
  static Folder parse(byte[] xml, String path) throws XMLStreamException {
    try {
      return read(xml, parts(path));
    } catch (RuntimeException e) {
      // The runtime's parser answers some broken declarations with unchecked exceptions.
      throw new XMLStreamException("not XML", e);
    }
  }

  private static Folder read(byte[] xml, int partsOfFolder) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    // The server is trusted for nothing: no entities, no files, no connections.
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
    List<Member> members = new ArrayList<>();
    boolean answer = false;
    String path = "";
    boolean folder = false;
    long size = -1;
    Instant modified = Instant.MAX;
    while (reader.hasNext()) {
      int event = reader.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        switch (reader.getLocalName()) {
          case "multistatus" -> answer = true;
          case "response" -> {
            path = "";
            folder = false;
            size = -1;
            modified = Instant.MAX;
          }
          case "href" -> path = URI.create(reader.getElementText().strip()).getPath();
          case "collection" -> folder = true;
          case "getcontentlength" -> size = number(reader.getElementText());
          case "getlastmodified" -> modified = time(reader.getElementText());
          default -> {}
        }
      } else if (event == XMLStreamConstants.END_ELEMENT
          && reader.getLocalName().equals("response")
          && parts(path) == partsOfFolder + 1) {
        String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        String name = trimmed.substring(trimmed.lastIndexOf('/') + 1);
        members.add(new Member(name, folder, size, modified));
      }
    }
    if (!answer) {
      throw new XMLStreamException("no answer to PROPFIND");
    }
    return new Folder(List.copyOf(members));
  }

  private static int parts(String path) {
    return (int) List.of(path.split("/", -1)).stream().filter(part -> !part.isEmpty()).count();
  }

  private static long number(String text) {
    return text.isBlank() ? -1 : Math.max(-1, Long.parseLong(text.strip()));
  }

  private static Instant time(String text) {
    try {
      return ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      return Instant.MAX;
    }
  }
}
