# Compiles with everything, runs with what it needs.
# Node 24 is supported until April 2028. CI builds the image and says which digest this was.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY main.ts ./main.ts
COPY src ./src
COPY actors ./actors
COPY streams ./streams
COPY imports ./imports
COPY console ./console
COPY scripts ./scripts
RUN npm run build

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev && npm cache clean --force
COPY --from=build /app/dist ./dist
COPY bin ./bin
COPY nats.conf ./
COPY examples ./examples

# A volume mounted here takes its owner over.
RUN mkdir /data && chown node:node /data
ENV HOST=0.0.0.0 PORT=3000 STELE_DATA=/data
VOLUME /data
EXPOSE 3000
USER node
CMD ["node", "bin/stele.js", "serve"]
