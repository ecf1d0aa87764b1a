package dev.coffer.backup;

/**
 * What a store says about an object.
 *
 * @param name the whole name
 * @param size in octets
 */
public record StoredObject(String name, long size) {}
