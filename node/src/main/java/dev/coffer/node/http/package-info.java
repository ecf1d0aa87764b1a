/**
 * The node's HTTPS interface for clients and operators, described in {@code docs/openapi.yaml}.
 * Everything that comes in has a limit and a time; nothing in an answer or a log names an account.
 * Start at {@link dev.coffer.node.http.VaultServer}.
 */
@NullMarked
package dev.coffer.node.http;

import org.jspecify.annotations.NullMarked;
