// Stands for a GitHub client that only blueprints use.
export const Octokit = Object;
