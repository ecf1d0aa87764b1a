/**
 * Whether secret-dependent work says something about the secret. By the path that the program
 * takes, counted, as tests: start at {@code ConstantPathTest} and {@code AnswerPathTest}. By the
 * clock, dudect's method, as a program, since a machine with other work on it proves nothing: start
 * at {@code TimingProgram}.
 */
package dev.coffer.analysis.timing;
