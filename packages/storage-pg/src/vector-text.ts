const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** A vector as its column has it, little-endian floats of 32 bits, in base 64. */
export function toVectorText(vector: Float32Array): string {
  const bytes = Buffer.allocUnsafe(vector.length * BYTES);
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * BYTES);
  });
  return bytes.toString("base64");
}

/** The inverse of {@link toVectorText}. */
export function fromVectorText(text: string): Float32Array {
  const bytes = Buffer.from(text, "base64");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const vector = new Float32Array(bytes.byteLength / BYTES);
  for (let index = 0; index < vector.length; index++) vector[index] = view.getFloat32(index * BYTES, true);
  return vector;
}

/** Makes a function that tells the cosine similarity of vectors of the same length, in doubles. */
export function createSimilarity(query: Float32Array): (vector: Float32Array) => number {
  const queryNorm = Math.sqrt(query.reduce((sum, value) => sum + value * value, 0));
  return (vector) => {
    let [dot, squares] = [0, 0];
    for (let index = 0; index < query.length; index++) {
      const value = vector[index] ?? 0;
      dot += value * (query[index] ?? 0);
      squares += value * value;
    }
    return Math.max(-1, Math.min(1, dot / (queryNorm * Math.sqrt(squares))));
  };
}
