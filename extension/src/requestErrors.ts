// What requests that fail have in common, whoever was asked: a collector or GitHub.

const tlsCode =
  /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET_ISSUER|VERIFY)|HOSTNAME_MISMATCH|EPROTO)/;

/** Whether an error of this code says that TLS does not hold: no trust in a certificate, or no TLS at the other end. */
export const isTlsCode = (code: string): boolean => tlsCode.test(code);

/** A short one-line text from outside, safe to put into a sentence. */
export const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, 200);
