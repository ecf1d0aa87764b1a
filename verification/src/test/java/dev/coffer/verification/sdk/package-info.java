/** The guide for apps is true: its programs are compiled and run, its lists are the code's. */
package dev.coffer.verification.sdk;
