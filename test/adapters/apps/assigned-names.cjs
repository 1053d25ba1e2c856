module.exports = { app: (_request, response) => response.end(), port: 3000 };
