const app = (_request, response) => response.end();
app.get = () => app;
