// Hands bytes that were made in the page to the person, as a file.

/** @param {Blob} bytes @param {string} name of the file */
export function saveAs(bytes, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
