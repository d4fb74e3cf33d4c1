package dev.holdfast.demo;

/**
 * What a zone says to one question, as the bytes that follow the question in a message. Compression
 * pointers count from the start of that message. Immutable by agreement: nobody writes to the body.
 */
final class PreparedAnswer {

  final int rcode;
  final int answerCount;
  final int authorityCount;
  final byte[] body;

  PreparedAnswer(int rcode, int answerCount, int authorityCount, byte[] body) {
    this.rcode = rcode;
    this.answerCount = answerCount;
    this.authorityCount = authorityCount;
    this.body = body;
  }
}
