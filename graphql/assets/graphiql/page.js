const socket = new URL("/graphql", location.href);
socket.protocol = location.protocol === "https:" ? "wss:" : "ws:";

const fetcher = GraphiQL.createFetcher({
  url: "/graphql",
  wsClient: graphqlWs.createClient({ url: socket.href }),
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
