package dev.coffer.backup.s3;

import dev.coffer.backup.StoredObject;
import dev.coffer.backup.remote.NotForPhones;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One answer to ListObjectsV2.
 *
 * @param objects with the names the bucket has
 * @param next the token for the next page; empty on the last one
 */
@NotForPhones
record ListPage(List<StoredObject> objects, Optional<String> next) {
  private static final int OBJECTS_MAX = 1000;

  /** Reads the XML; whatever is not such an answer is an {@link XMLStreamException}. */
  static ListPage parse(byte[] xml) throws XMLStreamException {
    try {
      return read(xml);
    } catch (RuntimeException e) {
      // The runtime's parser answers some broken declarations with unchecked exceptions.
      throw new XMLStreamException("not XML", e);
    }
  }

  private static ListPage read(byte[] xml) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    // The server is trusted for nothing: no entities, no files, no connections.
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
    List<StoredObject> objects = new ArrayList<>();
    String key = "";
    long size = -1;
    boolean truncated = false;
    String token = "";
    boolean inside = false;
    boolean answer = false;
    while (reader.hasNext()) {
      int event = reader.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        switch (reader.getLocalName()) {
          case "ListBucketResult" -> answer = true;
          case "Contents" -> inside = true;
          case "Key" -> key = inside ? reader.getElementText() : key;
          case "Size" -> size = inside ? number(reader.getElementText()) : size;
          case "IsTruncated" -> truncated = reader.getElementText().equals("true");
          case "NextContinuationToken" -> token = reader.getElementText();
          default -> {}
        }
      } else if (event == XMLStreamConstants.END_ELEMENT
          && reader.getLocalName().equals("Contents")) {
        if (key.isEmpty() || size < 0 || objects.size() == OBJECTS_MAX) {
          throw new XMLStreamException("not an object");
        }
        objects.add(new StoredObject(key, size));
        inside = false;
        key = "";
        size = -1;
      }
    }
    if (!answer || truncated && token.isEmpty()) {
      throw new XMLStreamException("not a list");
    }
    return new ListPage(objects, truncated ? Optional.of(token) : Optional.empty());
  }

  private static long number(String text) throws XMLStreamException {
    if (!text.matches("[0-9]{1,18}")) {
      throw new XMLStreamException("not a size");
    }
    return Long.parseLong(text);
  }
}
