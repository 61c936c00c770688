/** Draws a form some time after its page has come, as pages do that are a script, and then begins. */
export const drawnLater = (place: string, form: string, begin: string): string =>
  `<script>
    setTimeout(() => {
      document.querySelector(${JSON.stringify(place)}).innerHTML = ${JSON.stringify(form)};
      ${begin}
    }, 50);
  </script>`;

/** Asks whether a phone was there, and shows that the code has run out. With no picture it is a mere confirmation. */
export const qrScript = ({ picture, runOut, renew, next }: QrParts): string => `
  const image = document.querySelector('${picture}'), over = document.querySelector('${runOut}');
  let token;
  const renew = async () => {
    token = null;
    ({ token } = await (await fetch('/desk/qr', { method: 'POST' })).json());
    if (image) image.src = '/desk/qr/' + token + '/picture';
    if (over) over.hidden = true;
  };
  if (over) over.querySelector('${renew}').onclick = renew;
  const look = async () => {
    const asked = token;
    const { state } = asked ? await (await fetch('/desk/qr/' + asked)).json() : {};
    if (state === 'scanned') return location.assign('${next}');
    if (over) over.hidden = asked !== token || state !== 'run out';
    setTimeout(look, 50);
  };
  void renew().then(look);`;

/** Sends the code when its button is clicked; a wrong one is told in words, which stay until the next one was judged. */
export const codeScript = ({ form, refused, path, onWrong = '', next }: CodeParts): string => `
  const form = document.querySelector('${form}'), words = document.querySelector('${refused}');
  form.querySelector('button').onclick = async () => {
    const code = form.querySelector('input').value;
    const { ok } = await fetch('${path}', { method: 'POST', body: JSON.stringify({ code }) });
    if (ok) return location.assign('${next}');
    words.hidden = false;
    ${onWrong}
  };`;

type QrParts = { picture: string; runOut: string; renew: string; next: string };
type CodeParts = { form: string; refused: string; path: string; onWrong?: string; next: string };
