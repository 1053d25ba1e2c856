export const startup = () => new Promise(() => {});

export default (_request, response) => response.end();
