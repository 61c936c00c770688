/** What a zhihu-like site stores. Times are the machine's. */
export function zhihuArticles() {
  const articles = new Map<string, Article>();
  let made = 0;
  return {
    all: () => [...articles.values()],
    find: (id: string | undefined) => articles.get(id ?? ''),
    create(): Article {
      made += 1;
      const id = String(690_000_000 + made);
      const article = { id, title: '', content: '', titleImage: '', declaration: '', publishes: 0, publishedAtMs: 0 };
      articles.set(id, article);
      return article;
    },
    publish(article: Article): void {
      article.publishes += 1;
      article.publishedAtMs ||= Date.now();
    },
  };
}

export type Article = {
  id: string;
  title: string;
  content: string;
  titleImage: string;
  declaration: string;
  /** How often it was asked for: a browser repeats a request by itself when a connection is cut. */
  publishes: number;
  publishedAtMs: number;
};

export type ArticleState = 'draft' | 'reviewing' | 'published';

export function stateOf({ publishes, publishedAtMs }: Article, reviewMs: number): ArticleState {
  if (publishes === 0) return 'draft';
  return Date.now() < publishedAtMs + reviewMs ? 'reviewing' : 'published';
}
