/**
 * Who may come in, and how often: nothing that arrives from outside crowds out what arrives from
 * others. What is decided here depends on how often somebody came, on the login and on the address
 * alone, which a host sees anyway; never on what became of a request (INV-10). Start at {@link
 * dev.coffer.node.door.Door}.
 */
@NullMarked
package dev.coffer.node.door;

import org.jspecify.annotations.NullMarked;
