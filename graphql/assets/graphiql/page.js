const socket = new URL("/graphql", location.href);
socket.protocol = location.protocol === "https:" ? "wss:" : "ws:";

// What proves to the server that a page of its own is asking.
const csrfToken = () => {
  const cookies = document.cookie.split("; ").map((cookie) => cookie.split("="));
  return cookies.find(([name]) => /^(__Host-)?narrate-csrf$/.test(name))?.[1] ?? "";
};

const fetcher = GraphiQL.createFetcher({
  url: "/graphql",
  fetch: (url, options) =>
    fetch(url, { ...options, headers: { ...options.headers, "x-csrf-token": csrfToken() } }),
  wsClient: graphqlWs.createClient({
    url: socket.href,
    connectionParams: () => ({ csrfToken: csrfToken() }),
  }),
});

const defaultQuery = `# What the API can do stands in the book symbol on the left.
{
  videos(first: 5) {
    totalCount
    edges {
      node {
        id
        topic
        status
        generationStage
        videoUrl
      }
    }
  }
}
`;

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery }),
);
