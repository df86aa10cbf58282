/** Says what is wrong with an archive's bytes, in words that follow "the archive … is damaged: ". Becomes `archive-invalid`. */
export class Damage extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "Damage";
  }
}

/** An archive that a later release made, whose manifest this one cannot understand. */
export class LaterManifest extends Damage {}
