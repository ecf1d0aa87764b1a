/** The client against the real trusted core of module {@code hsm}, in one process. */
package dev.coffer.client.real;
