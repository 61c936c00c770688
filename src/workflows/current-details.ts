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
    linkEvidence: (url: string): void => {
      link = url;
      show();
    },
  };
}
