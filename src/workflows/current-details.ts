import { setCurrentDetails as set } from '@temporalio/workflow';

/** What the Temporal UI says of a run: its stage, and where operators find what its browser saw. */
export function currentDetails() {
  let stage = '';
  let link = '';
  const show = () => set(link === '' ? stage : `${stage}\n\n[Evidence](${link})`);
  return {
    setCurrentDetails: (text: string): void => {
      stage = text;
      show();
    },
    /** @param url absent in the histories of older runs */
    linkEvidence: (url: string | undefined): void => {
      link = url ?? '';
      show();
    },
  };
}
