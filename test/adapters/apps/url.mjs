export default (request, response) => response.end(request.url);
