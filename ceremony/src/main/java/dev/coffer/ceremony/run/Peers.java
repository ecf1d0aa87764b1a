package dev.coffer.ceremony.run;

import dev.coffer.ceremony.record.Folder;
import java.io.IOException;
import java.util.List;

/** Other sites that can be asked over a network. A port. */
@FunctionalInterface
public interface Peers {
  /** People carry everything. */
  Peers NONE = List::of;

  /**
   * A site that answered.
   *
   * @param site its number
   * @param shown its files
   */
  record Peer(int site, Folder shown) {}

  /**
   * What each site that answers shows at this moment, which does not change while it is read. They
   * are read only: what this site has, they fetch. Nothing in them is believed.
   *
   * @throws IOException if this site's own files cannot be read; a site that is silent, slow or
   *     answers nonsense is left out
   */
  List<Peer> look() throws IOException;
}
