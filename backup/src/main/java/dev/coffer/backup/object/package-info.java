/**
 * Objects as the store holds them: gzip inside age, named by a MAC. Start at {@link
 * dev.coffer.backup.object.SealedObjects}.
 */
package dev.coffer.backup.object;
