/**
 * Makes the vectors under {@code vectors/coffer}, which are published for others. Start at {@link
 * dev.coffer.transparency.published.PublishedVectorsTest}.
 */
package dev.coffer.transparency.published;
