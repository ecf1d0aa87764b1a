/**
 * The rules of the house as tests: who may depend on whom, what may not be written, and that the
 * documents tell the truth. They read the sources, the class files and the documents; they use
 * nothing of Coffer itself. Start with {@link dev.coffer.verification.rules.ArrowsTest} for the
 * arrows and {@link dev.coffer.verification.rules.TidyTest} for the sources. {@link
 * dev.coffer.verification.rules.RulesBiteTest} shows that each rule can fail.
 */
package dev.coffer.verification.rules;
